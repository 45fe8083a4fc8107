// SPDX-License-Identifier: MIT
pragma solidity ^0.8.20;

contract Launch {
    mapping(address => uint256) internal held;
    address internal team;
    bool public live;

    constructor() {
        team = msg.sender;
        held[msg.sender] = 1e27;
    }

    function transfer(address to, uint256 n) public returns (bool) {
        require(live || msg.sender == team, "not yet");
        held[msg.sender] -= n;
        held[to] += n;
        return true;
    }
}

contract WeakLaunch is Launch {
    function setLive(bool yes) external {
        require(msg.sender == team);
        live = yes;
    }
}

contract CleanLaunch is Launch {
    function goLive() external {
        require(msg.sender == team);
        live = true;
    }
}
