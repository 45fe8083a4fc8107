// SPDX-License-Identifier: MIT
pragma solidity ^0.8.20;

import {IERC20} from "@openzeppelin/contracts/token/ERC20/IERC20.sol";

contract WeakLocker {
    IERC20 private immutable token;
    mapping(address => uint256) private held;

    constructor(IERC20 token_) {
        token = token_;
    }

    function put(uint256 n) external {
        require(token.transferFrom(msg.sender, address(this), n));
        held[msg.sender] += n;
    }

    function takeAll() external {
        uint256 n = held[msg.sender];
        require(n > 0);
        require(token.transfer(msg.sender, n));
        delete held[msg.sender];
    }
}

contract CleanLocker {
    IERC20 private immutable token;
    mapping(address => uint256) private held;

    constructor(IERC20 token_) {
        token = token_;
    }

    function put(uint256 n) external {
        require(token.transferFrom(msg.sender, address(this), n));
        held[msg.sender] += n;
    }

    function takeAll() external {
        uint256 n = held[msg.sender];
        require(n > 0);
        delete held[msg.sender];
        require(token.transfer(msg.sender, n));
    }
}
