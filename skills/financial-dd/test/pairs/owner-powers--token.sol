// SPDX-License-Identifier: MIT
pragma solidity ^0.8.20;

import {IERC20} from "@openzeppelin/contracts/token/ERC20/IERC20.sol";

contract WeakSavings {
    IERC20 public asset;
    address private chief = msg.sender;
    mapping(address => uint256) public saved;

    constructor(IERC20 asset_) {
        asset = asset_;
    }

    function setAsset(IERC20 asset_) external {
        require(chief == msg.sender);
        asset = asset_;
    }

    function save(uint256 n) external {
        uint256 before = asset.balanceOf(address(this));
        require(asset.transferFrom(msg.sender, address(this), n));
        saved[msg.sender] += asset.balanceOf(address(this)) - before;
    }

    function take(uint256 n) external {
        saved[msg.sender] -= n;
        require(asset.transfer(msg.sender, n));
    }
}

contract CleanSavings {
    IERC20 public asset;
    address private chief = msg.sender;
    mapping(address => uint256) public saved;

    function setAsset(IERC20 asset_) external {
        require(chief == msg.sender);
        require(address(asset) == address(0), "once");
        asset = asset_;
    }

    function save(uint256 n) external {
        uint256 before = asset.balanceOf(address(this));
        require(asset.transferFrom(msg.sender, address(this), n));
        saved[msg.sender] += asset.balanceOf(address(this)) - before;
    }

    function take(uint256 n) external {
        saved[msg.sender] -= n;
        require(asset.transfer(msg.sender, n));
    }
}
