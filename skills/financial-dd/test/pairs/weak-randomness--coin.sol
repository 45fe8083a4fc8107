// SPDX-License-Identifier: MIT
pragma solidity ^0.8.20;

contract WeakCoinFlip {
    uint256 public wins;

    function flip(bool guess) external payable {
        bool side = (uint256(blockhash(block.number - 1)) / 2 ** 255) == 1;
        if (side == guess) wins++;
    }
}

contract CleanCoinFlip {
    mapping(uint256 => uint256) public perDay;

    function visit() external {
        perDay[block.timestamp - (block.timestamp % 1 days)] += 1;
    }
}
