// SPDX-License-Identifier: MIT
pragma solidity ^0.8.20;

contract WeakPurse {
    address private owner = msg.sender;

    receive() external payable {}

    function pay(address payable to, uint256 amount) external {
        require(tx.origin == owner, "owner");
        to.transfer(amount);
    }
}

contract CleanPurse {
    address private owner = msg.sender;

    receive() external payable {}

    function pay(address payable to, uint256 amount) external {
        require(msg.sender == owner, "owner");
        to.transfer(amount);
    }
}
