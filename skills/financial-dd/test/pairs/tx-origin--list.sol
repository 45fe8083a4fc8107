// SPDX-License-Identifier: MIT
pragma solidity ^0.8.20;

contract WeakGate {
    mapping(address => bool) private guests;
    address private immutable host = msg.sender;
    uint256 public visits;

    function invite(address who) external {
        if (msg.sender != host) revert();
        guests[who] = true;
    }

    modifier invited() {
        if (!guests[tx.origin]) revert();
        _;
    }

    function visit() external invited {
        visits++;
    }
}

contract CleanGate {
    mapping(address => bool) private guests;
    address private immutable host = msg.sender;
    uint256 public visits;

    function invite(address who) external {
        if (msg.sender != host) revert();
        guests[who] = true;
    }

    modifier invited() {
        if (!guests[msg.sender]) revert();
        require(tx.origin == msg.sender, "people only");
        _;
    }

    function visit() external invited {
        visits++;
    }
}
