// SPDX-License-Identifier: MIT
pragma solidity ^0.8.20;

interface AggregatorV3Interface {
    function decimals() external view returns (uint8);

    function latestRoundData() external view returns (uint80, int256, uint256, uint256, uint80);
}

contract WeakLender {
    AggregatorV3Interface public immutable feed;

    constructor(AggregatorV3Interface feed_) {
        feed = feed_;
    }

    function worth(uint256 amount) public view returns (uint256) {
        (, int256 answer, , , ) = feed.latestRoundData();
        return (amount * uint256(answer)) / 1e8;
    }
}

contract CleanLender {
    AggregatorV3Interface public immutable feed;

    constructor(AggregatorV3Interface feed_) {
        feed = feed_;
    }

    function worth(uint256 amount) public view returns (uint256) {
        return (amount * _price()) / 1e8;
    }

    function _price() private view returns (uint256) {
        (, int256 answer, , uint256 updatedAt, ) = feed.latestRoundData();
        if (answer <= 0 || block.timestamp - updatedAt > 1 hours) revert();
        return uint256(answer);
    }
}
