// SPDX-License-Identifier: MIT
pragma solidity ^0.8.20;

abstract contract Plots {
    mapping(uint256 => address) public holderOf;
    mapping(address => uint8) internal standing;
    address internal immutable clerk = msg.sender;

    constructor(uint256 count) {
        for (uint256 i; i < count; ++i) holderOf[i] = msg.sender;
    }

    function note(address[] memory people, uint8 value) external {
        require(msg.sender == clerk, "clerk");
        uint256 i = 0;
        while (i < people.length) {
            standing[people[i]] = value;
            i++;
        }
    }
}

contract WeakPlots is Plots(16) {
    error Barred(address who);

    function pass(uint256 plot, address to) external {
        require(holderOf[plot] == msg.sender, "holder");
        _allow(to);
        holderOf[plot] = to;
    }

    function _allow(address who) private view {
        if (standing[who] >= 2) revert Barred(who);
    }
}

contract CleanPlots is Plots(16) {
    mapping(address => uint256) public opensAt;
    mapping(address => uint256) public gift;

    function pass(uint256 plot, address to) external {
        require(holderOf[plot] == msg.sender, "holder");
        holderOf[plot] = to;
    }

    /// A time that comes with a gift is no list.
    function give(address to, uint256 when) external payable {
        if (opensAt[to] == 0) opensAt[to] = when;
        gift[to] += msg.value;
    }

    function open() external {
        require(block.timestamp >= opensAt[msg.sender], "early");
        uint256 value = gift[msg.sender];
        gift[msg.sender] = 0;
        (bool ok, ) = msg.sender.call{value: value}("");
        require(ok, "pay");
    }
}
