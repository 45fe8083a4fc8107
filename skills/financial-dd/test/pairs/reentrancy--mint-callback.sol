// SPDX-License-Identifier: MIT
pragma solidity ^0.8.20;

interface IReceiver {
    function onReceived(address from, uint256 id) external returns (bytes4);
}

contract WeakTickets {
    mapping(address => uint256) public bought;
    mapping(uint256 => address) public ownerOf;
    uint256 public next;

    function buy() external payable {
        require(msg.value == 0.1 ether, "price");
        require(bought[msg.sender] < 2, "two each");
        uint256 id = next++;
        ownerOf[id] = msg.sender;
        require(IReceiver(msg.sender).onReceived(address(0), id) == IReceiver.onReceived.selector);
        bought[msg.sender] += 1;
    }
}

contract CleanTickets {
    mapping(address => uint256) public bought;
    mapping(uint256 => address) public ownerOf;
    uint256 public next;

    function buy() external payable {
        require(msg.value == 0.1 ether, "price");
        require(bought[msg.sender] < 2, "two each");
        bought[msg.sender] += 1;
        uint256 id = next++;
        ownerOf[id] = msg.sender;
        require(IReceiver(msg.sender).onReceived(address(0), id) == IReceiver.onReceived.selector);
    }
}
