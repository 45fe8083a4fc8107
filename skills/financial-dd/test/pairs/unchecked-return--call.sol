// SPDX-License-Identifier: MIT
pragma solidity ^0.8.20;

contract WeakSplitter {
    address payable private immutable a;
    address payable private immutable b;

    constructor(address payable a_, address payable b_) {
        (a, b) = (a_, b_);
    }

    function split() external payable {
        uint256 half = msg.value / 2;
        (bool first, ) = a.call{value: half}("");
        (bool second, ) = b.call{value: msg.value - half}("");
        require(first, "a");
    }
}

contract CleanSplitter {
    address payable private immutable a;
    address payable private immutable b;

    constructor(address payable a_, address payable b_) {
        (a, b) = (a_, b_);
    }

    function split() external payable {
        uint256 half = msg.value / 2;
        (bool first, ) = a.call{value: half}("");
        (bool second, ) = b.call{value: msg.value - half}("");
        require(first && second, "failed");
    }
}
