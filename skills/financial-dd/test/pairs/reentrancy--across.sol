// SPDX-License-Identifier: MIT
pragma solidity ^0.8.20;

contract WeakShares {
    mapping(address => uint256) public shares;
    bool private entered;

    modifier once() {
        require(!entered, "again");
        entered = true;
        _;
        entered = false;
    }

    function buy() external payable once {
        shares[msg.sender] += msg.value;
    }

    function transfer(address to, uint256 n) external {
        shares[msg.sender] -= n;
        shares[to] += n;
    }

    function redeem() external once {
        uint256 n = shares[msg.sender];
        (bool ok, ) = msg.sender.call{value: n}("");
        require(ok);
        shares[msg.sender] = 0;
    }
}

contract CleanShares {
    mapping(address => uint256) public shares;
    bool private entered;

    modifier once() {
        require(!entered, "again");
        entered = true;
        _;
        entered = false;
    }

    function buy() external payable once {
        shares[msg.sender] += msg.value;
    }

    function transfer(address to, uint256 n) external once {
        shares[msg.sender] -= n;
        shares[to] += n;
    }

    function redeem() external once {
        uint256 n = shares[msg.sender];
        (bool ok, ) = msg.sender.call{value: n}("");
        require(ok);
        shares[msg.sender] = 0;
    }
}
