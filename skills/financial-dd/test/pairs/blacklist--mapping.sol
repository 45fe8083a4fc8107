// SPDX-License-Identifier: MIT
pragma solidity ^0.8.20;

contract Money {
    mapping(address => uint256) public balances;
    mapping(address => mapping(address => uint256)) public allowances;
    mapping(address => bool) public frozen;
    address public authority;

    constructor(address first) {
        authority = msg.sender;
        balances[first] = 1e24;
    }

    function transfer(address to, uint256 amount) public virtual returns (bool) {
        _move(msg.sender, to, amount);
        return true;
    }

    function _move(address from, address to, uint256 amount) internal {
        balances[from] -= amount;
        balances[to] += amount;
    }
}

contract WeakMoney is Money(msg.sender) {
    modifier ok(address who) {
        require(!frozen[who], "frozen");
        _;
    }

    function transfer(address to, uint256 amount) public override ok(msg.sender) ok(to) returns (bool) {
        return super.transfer(to, amount);
    }

    function freeze(address who, bool yes) external {
        require(msg.sender == authority, "authority");
        frozen[who] = yes;
    }
}

contract CleanMoney is Money(msg.sender) {
    modifier ok(address who) {
        require(!frozen[who], "frozen");
        _;
    }

    function transfer(address to, uint256 amount) public override ok(msg.sender) returns (bool) {
        return super.transfer(to, amount);
    }

    /// Holders may lock themselves, and nobody else.
    function freezeMyself() external {
        frozen[msg.sender] = true;
    }
}
