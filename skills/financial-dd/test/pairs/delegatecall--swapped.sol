// SPDX-License-Identifier: MIT
pragma solidity ^0.8.20;

contract WeakTally {
    mapping(address => uint256) public points;
    address private rules;
    address private umpire = msg.sender;

    function adopt(address rules_) external {
        if (umpire != msg.sender) revert("umpire");
        rules = rules_;
    }

    function turn(uint256 throwOf) external returns (bool ok) {
        bytes memory data = abi.encodeWithSignature("turn(address,uint256)", msg.sender, throwOf);
        assembly {
            ok := delegatecall(gas(), sload(rules.slot), add(data, 32), mload(data), 0, 0)
            if iszero(ok) {
                revert(0, 0)
            }
        }
    }
}

contract CleanTally {
    mapping(address => uint256) public points;
    address private immutable rules;

    constructor(address rules_) {
        rules = rules_;
    }

    function turn(uint256 throwOf) external returns (bool ok) {
        bytes memory data = abi.encodeWithSignature("turn(address,uint256)", msg.sender, throwOf);
        address code = rules;
        assembly {
            ok := delegatecall(gas(), code, add(data, 32), mload(data), 0, 0)
            if iszero(ok) {
                revert(0, 0)
            }
        }
    }
}
