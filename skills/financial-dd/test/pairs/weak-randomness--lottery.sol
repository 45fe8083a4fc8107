// SPDX-License-Identifier: MIT
pragma solidity ^0.8.20;

contract WeakLottery {
    address[] public players;

    function enter() external payable {
        require(msg.value == 1 ether);
        players.push(msg.sender);
    }

    function draw() external {
        uint256 n = uint256(keccak256(abi.encodePacked(block.prevrandao, block.timestamp, players.length)));
        address winner = players[n % players.length];
        delete players;
        (bool ok, ) = winner.call{value: address(this).balance}("");
        require(ok);
    }
}

contract CleanLottery {
    address[] public players;
    address public immutable coordinator;

    constructor(address coordinator_) {
        coordinator = coordinator_;
    }

    function enter() external payable {
        require(msg.value == 1 ether);
        players.push(msg.sender);
    }

    function fulfill(uint256 random) external {
        require(msg.sender == coordinator);
        address winner = players[random % players.length];
        delete players;
        (bool ok, ) = winner.call{value: address(this).balance}("");
        require(ok);
    }
}
