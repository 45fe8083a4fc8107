// SPDX-License-Identifier: MIT
pragma solidity ^0.8.20;

contract Coin {
    string public name = "Coin";
    uint256 public totalSupply;
    address public minter = msg.sender;
    mapping(address => uint256) public balanceOf;

    function transfer(address to, uint256 amount) external returns (bool) {
        balanceOf[msg.sender] -= amount;
        balanceOf[to] += amount;
        return true;
    }

    function create(address to, uint256 amount) internal {
        totalSupply += amount;
        balanceOf[to] += amount;
    }
}

contract WeakCoin is Coin {
    function issue(address to, uint256 amount) external {
        require(msg.sender == minter);
        create(to, amount);
    }
}

contract CleanCoin is Coin {
    uint256 public constant CAP = 1_000_000e18;

    function issue(address to, uint256 amount) external {
        require(msg.sender == minter);
        require(totalSupply + amount <= CAP, "cap");
        create(to, amount);
    }
}
