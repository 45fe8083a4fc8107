// SPDX-License-Identifier: MIT
pragma solidity ^0.8.20;

import {IERC20} from "@openzeppelin/contracts/token/ERC20/IERC20.sol";
import {SafeERC20} from "@openzeppelin/contracts/token/ERC20/utils/SafeERC20.sol";

contract WeakLocker {
    IERC20 public immutable token;
    mapping(address => uint256) public locked;

    constructor(IERC20 token_) {
        token = token_;
    }

    function lock(uint256 n) external {
        locked[msg.sender] += n;
        token.transferFrom(msg.sender, address(this), n);
    }

    function unlock(uint256 n) external {
        locked[msg.sender] -= n;
        token.transfer(msg.sender, n);
    }
}

contract CleanLocker {
    using SafeERC20 for IERC20;

    IERC20 public immutable token;
    mapping(address => uint256) public locked;

    constructor(IERC20 token_) {
        token = token_;
    }

    function lock(uint256 n) external {
        locked[msg.sender] += n;
        token.safeTransferFrom(msg.sender, address(this), n);
    }

    function unlock(uint256 n) external {
        locked[msg.sender] -= n;
        token.safeTransfer(msg.sender, n);
    }
}
