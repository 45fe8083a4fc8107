// SPDX-License-Identifier: MIT
pragma solidity ^0.8.20;

contract WeakLogic {
    address public controller;
    mapping(address => uint256) public paid;

    constructor() {
        controller = msg.sender;
    }

    modifier controlled() {
        _check();
        _;
    }

    function _check() private view {
        require(controller == msg.sender, "controller");
    }

    function pay() external payable {
        paid[msg.sender] += msg.value;
    }

    function refund() external {
        uint256 n = paid[msg.sender];
        paid[msg.sender] = 0;
        payable(msg.sender).transfer(n);
    }

    function end(address to) external controlled {
        assembly {
            selfdestruct(to)
        }
    }
}

contract CleanLogic {
    address public controller;
    mapping(address => uint256) public paid;

    constructor() {
        controller = msg.sender;
    }

    function pay() external payable {
        paid[msg.sender] += msg.value;
    }

    function refund() external {
        uint256 n = paid[msg.sender];
        paid[msg.sender] = 0;
        payable(msg.sender).transfer(n);
    }
}
