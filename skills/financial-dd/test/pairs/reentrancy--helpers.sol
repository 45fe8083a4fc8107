// SPDX-License-Identifier: MIT
pragma solidity ^0.8.20;

import {ReentrancyGuard} from "@openzeppelin/contracts/utils/ReentrancyGuard.sol";
import {Address} from "@openzeppelin/contracts/utils/Address.sol";

struct Position {
    uint128 amount;
    uint64 since;
}

contract WeakVault {
    mapping(address => Position) internal positions;

    /// Looks like a lock and is none.
    modifier nonReentrant() {
        _;
    }

    function enter() external payable {
        Position storage p = positions[msg.sender];
        p.amount += uint128(msg.value);
        p.since = uint64(block.timestamp);
    }

    function leave(uint128 amount) external nonReentrant {
        Position storage p = positions[msg.sender];
        if (p.amount < amount) revert();
        _pay(payable(msg.sender), amount);
        p.amount -= amount;
    }

    function _pay(address payable to, uint256 amount) private {
        Address.sendValue(to, amount);
    }
}

contract CleanVault is ReentrancyGuard {
    mapping(address => Position) internal positions;

    function enter() external payable {
        Position storage p = positions[msg.sender];
        p.amount += uint128(msg.value);
        p.since = uint64(block.timestamp);
    }

    function leave(uint128 amount) external nonReentrant {
        Position storage p = positions[msg.sender];
        if (p.amount < amount) revert();
        _pay(payable(msg.sender), amount);
        p.amount -= amount;
    }

    function _pay(address payable to, uint256 amount) private {
        Address.sendValue(to, amount);
    }
}
