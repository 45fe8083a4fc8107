// SPDX-License-Identifier: MIT
pragma solidity ^0.8.20;

contract WeakPayroll {
    address public boss = msg.sender;
    mapping(address => uint256) public due;

    function fund(address who) external payable {
        due[who] += msg.value;
    }

    function collect() external {
        uint256 amount = due[msg.sender];
        due[msg.sender] = 0;
        payable(msg.sender).send(amount);
    }
}

contract CleanPayroll {
    address public boss = msg.sender;
    mapping(address => uint256) public due;

    function fund(address who) external payable {
        due[who] += msg.value;
    }

    function collect() external {
        uint256 amount = due[msg.sender];
        due[msg.sender] = 0;
        bool sent = payable(msg.sender).send(amount);
        if (!sent) due[msg.sender] = amount;
    }
}
