// SPDX-License-Identifier: MIT
pragma solidity ^0.8.20;

contract WeakBank {
    enum State {
        Open,
        Shut
    }
    State public state;
    address private boss = msg.sender;
    mapping(address => uint256) public accounts;

    function put() external payable {
        accounts[msg.sender] += msg.value;
    }

    function take(uint256 amount) external {
        if (state == State.Shut) revert("shut");
        accounts[msg.sender] -= amount;
        payable(msg.sender).transfer(amount);
    }

    function set(State next) external {
        require(boss == msg.sender);
        state = next;
    }
}

contract CleanBank {
    enum State {
        Open,
        Shut
    }
    State public state;
    address private boss = msg.sender;
    mapping(address => uint256) public accounts;

    function put() external payable {
        require(state == State.Open);
        accounts[msg.sender] += msg.value;
    }

    function take(uint256 amount) external {
        accounts[msg.sender] -= amount;
        payable(msg.sender).transfer(amount);
    }

    function set(State next) external {
        require(boss == msg.sender);
        state = next;
    }
}
