// SPDX-License-Identifier: MIT
pragma solidity ^0.8.20;

contract WeakLedgerV1 {
    address public owner;
    uint256 public total;
    mapping(address => uint256) public points;
}

contract WeakLedgerV2 {
    uint256 public total;
    address public owner;
    mapping(address => uint256) public points;
    bool public closed;
}

contract CleanBookV1 {
    address public owner;
    uint256 public total;
}

contract CleanBookV2 {
    address public owner;
    uint256 public total;
    bool public closed;
}
