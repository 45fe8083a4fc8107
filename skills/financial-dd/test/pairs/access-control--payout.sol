// SPDX-License-Identifier: MIT
pragma solidity ^0.8.20;

contract WeakSale {
    address payable public admin;
    uint256 public sold;

    constructor() {
        admin = payable(msg.sender);
    }

    function buy() external payable {
        sold += msg.value;
    }

    function collect(address payable to) external {
        to.transfer(address(this).balance);
    }
}

contract CleanSale {
    address payable public admin;
    uint256 public sold;

    constructor() {
        admin = payable(msg.sender);
    }

    function buy() external payable {
        sold += msg.value;
    }

    function collect(address payable to) external {
        require(isAdmin(msg.sender), "admin only");
        to.transfer(address(this).balance);
    }

    function isAdmin(address who) internal view returns (bool) {
        return who == admin;
    }
}
