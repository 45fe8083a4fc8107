// SPDX-License-Identifier: MIT
pragma solidity ^0.8.20;

interface IToken {
    function balanceOf(address who) external view returns (uint256);
}

interface IFeed {
    function getPrice(address token) external view returns (uint256 price, uint256 at);
}

contract WeakValuer {
    IToken internal immutable usd;
    IToken internal immutable eth;
    address internal immutable pool;

    constructor(IToken usd_, IToken eth_, address pool_) {
        (usd, eth, pool) = (usd_, eth_, pool_);
    }

    function price() external view returns (uint256) {
        return (usd.balanceOf(pool) * 1e18) / eth.balanceOf(pool);
    }
}

contract CleanValuer {
    IFeed internal immutable feed;
    address internal immutable token;

    constructor(IFeed feed_, address token_) {
        (feed, token) = (feed_, token_);
    }

    function value(uint256 amount) external view returns (uint256) {
        (uint256 price, uint256 at) = feed.getPrice(token);
        require(price >= 1e6 && price <= 1e12, "bounds");
        require(at + 600 > block.timestamp, "old");
        return (amount * price) / 1e8;
    }
}
