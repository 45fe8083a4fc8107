// SPDX-License-Identifier: MIT
pragma solidity ^0.8.20;

contract WeakPool {
    address public governor;
    uint256 public cap;

    function initialize(address governor_, uint256 cap_) external {
        governor = governor_;
        cap = cap_;
    }

    function setCap(uint256 cap_) external {
        if (msg.sender != governor) revert();
        cap = cap_;
    }
}

contract CleanPool {
    address public governor;
    uint256 public cap;
    bool private ready;

    function initialize(address governor_, uint256 cap_) external {
        require(!ready, "again");
        ready = true;
        governor = governor_;
        cap = cap_;
    }

    function setCap(uint256 cap_) external {
        if (msg.sender != governor) revert();
        cap = cap_;
    }
}
