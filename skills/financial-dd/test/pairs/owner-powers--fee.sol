// SPDX-License-Identifier: MIT
pragma solidity ^0.8.20;

import {ERC20} from "@openzeppelin/contracts/token/ERC20/ERC20.sol";

error Unauthorized(address caller);
error TooHigh(uint256 fee);

contract Staking {
    ERC20 public immutable asset;
    address internal immutable deployer;
    address public keeper;
    uint256 public exitFee;
    mapping(address => uint256) public staked;

    constructor(ERC20 asset_) {
        asset = asset_;
        deployer = msg.sender;
        keeper = msg.sender;
    }

    function _auth() internal view {
        if (msg.sender != keeper && msg.sender != deployer) revert Unauthorized(msg.sender);
    }

    function stake(uint256 amount) external {
        staked[msg.sender] += amount;
        require(asset.transferFrom(msg.sender, address(this), amount), "pay");
    }

    function unstake(uint256 amount) external {
        staked[msg.sender] -= amount;
        uint256 out = amount - (amount * exitFee) / 10_000;
        require(asset.transfer(msg.sender, out), "pay");
    }
}

contract WeakStaking is Staking {
    constructor(ERC20 asset_) Staking(asset_) {}

    function setExitFee(uint256 bps) external {
        _auth();
        exitFee = bps;
    }
}

contract CleanStaking is Staking {
    uint256 internal constant MAX_FEE = 100;

    constructor(ERC20 asset_) Staking(asset_) {}

    function setExitFee(uint256 bps) external {
        _auth();
        if (bps > MAX_FEE) revert TooHigh(bps);
        exitFee = bps;
    }
}
