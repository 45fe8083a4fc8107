// SPDX-License-Identifier: MIT
pragma solidity ^0.8.20;

contract WeakVault {
    address public owner = msg.sender;
    mapping(address => uint256) public deposits;

    modifier onlyOwner() {
        require(msg.sender == owner, "not owner");
        _;
    }

    function deposit() external payable {
        deposits[msg.sender] += msg.value;
    }

    function withdraw(uint256 amount) external {
        deposits[msg.sender] -= amount;
        (bool ok, ) = msg.sender.call{value: amount}("");
        require(ok);
    }

    function emergencyWithdraw() external onlyOwner {
        payable(owner).transfer(address(this).balance);
    }
}

contract CleanVault {
    address public owner = msg.sender;
    uint256 public feesCollected;
    mapping(address => uint256) public deposits;

    modifier onlyOwner() {
        require(msg.sender == owner, "not owner");
        _;
    }

    function deposit() external payable {
        uint256 fee = msg.value / 200;
        feesCollected += fee;
        deposits[msg.sender] += msg.value - fee;
    }

    function withdraw(uint256 amount) external {
        deposits[msg.sender] -= amount;
        (bool ok, ) = msg.sender.call{value: amount}("");
        require(ok);
    }

    function collectFees() external onlyOwner {
        uint256 fees = feesCollected;
        feesCollected = 0;
        payable(owner).transfer(fees);
    }
}
