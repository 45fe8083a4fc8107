// SPDX-License-Identifier: MIT
pragma solidity ^0.8.20;

interface IToken {
    function transferFrom(address from, address to, uint256 amount) external returns (bool);

    function balanceOf(address who) external view returns (uint256);
}

contract WeakEscrow {
    mapping(IToken => mapping(address => uint256)) public held;

    function deposit(IToken token, uint256 amount) external {
        require(token.transferFrom(msg.sender, address(this), amount));
        held[token][msg.sender] += amount;
    }
}

contract CleanEscrow {
    mapping(IToken => mapping(address => uint256)) public held;

    function deposit(IToken token, uint256 amount) external {
        uint256 before = token.balanceOf(address(this));
        require(token.transferFrom(msg.sender, address(this), amount));
        held[token][msg.sender] += token.balanceOf(address(this)) - before;
    }
}
