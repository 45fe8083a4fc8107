// SPDX-License-Identifier: MIT
pragma solidity ^0.8.20;

import {IERC20} from "@openzeppelin/contracts/token/ERC20/IERC20.sol";
import {SafeERC20} from "@openzeppelin/contracts/token/ERC20/utils/SafeERC20.sol";

contract WeakCheckout {
    using SafeERC20 for IERC20;

    IERC20 public immutable usd;
    mapping(uint256 => bool) public paid;

    constructor(IERC20 usd_) {
        usd = usd_;
    }

    function pay(address payer, address shop, uint256 order, uint256 amount) external {
        paid[order] = true;
        usd.safeTransferFrom(payer, shop, amount);
    }
}

contract CleanCheckout {
    using SafeERC20 for IERC20;

    IERC20 public immutable usd;
    mapping(uint256 => bool) public paid;

    constructor(IERC20 usd_) {
        usd = usd_;
    }

    function pay(address shop, uint256 order, uint256 amount) external {
        paid[order] = true;
        usd.safeTransferFrom(msg.sender, shop, amount);
    }
}
