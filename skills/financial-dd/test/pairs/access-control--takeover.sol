// SPDX-License-Identifier: MIT
pragma solidity ^0.8.20;

contract WeakRegistry {
    mapping(address => uint256) public wards;
    mapping(bytes32 => address) public entries;

    constructor() {
        wards[msg.sender] = 1;
    }

    modifier auth() {
        require(wards[msg.sender] == 1, "not authorized");
        _;
    }

    function rely(address who) external {
        wards[who] = 1;
    }

    function set(bytes32 key, address what) external auth {
        entries[key] = what;
    }
}

contract CleanRegistry {
    mapping(address => uint256) public wards;
    mapping(bytes32 => address) public entries;

    constructor() {
        wards[msg.sender] = 1;
    }

    modifier auth() {
        require(wards[msg.sender] == 1, "not authorized");
        _;
    }

    function rely(address who) external auth {
        wards[who] = 1;
    }

    function set(bytes32 key, address what) external auth {
        entries[key] = what;
    }
}
