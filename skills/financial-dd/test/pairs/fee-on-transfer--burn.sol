// SPDX-License-Identifier: MIT
pragma solidity ^0.8.20;

contract WeakDeflating {
    uint256 public supply = 1e24;
    mapping(address => uint256) private b;

    constructor() {
        b[msg.sender] = supply;
    }

    function balanceOf(address who) external view returns (uint256) {
        return b[who];
    }

    function transfer(address to, uint256 amount) external returns (bool) {
        uint256 mine = b[msg.sender];
        require(mine >= amount);
        uint256 burned = amount / 50;
        unchecked {
            b[msg.sender] = mine - amount;
            b[to] = b[to] + (amount - burned);
            supply -= burned;
        }
        return true;
    }
}

contract CleanDeflating {
    uint256 public supply = 1e24;
    mapping(address => uint256) private b;

    constructor() {
        b[msg.sender] = supply;
    }

    function balanceOf(address who) external view returns (uint256) {
        return b[who];
    }

    function transfer(address to, uint256 amount) external returns (bool) {
        uint256 mine = b[msg.sender];
        require(mine >= amount);
        unchecked {
            b[msg.sender] = mine - amount;
            b[to] = b[to] + amount;
        }
        return true;
    }
}
