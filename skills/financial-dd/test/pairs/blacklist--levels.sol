// SPDX-License-Identifier: MIT
pragma solidity ^0.8.20;

import {ERC20} from "@openzeppelin/contracts/token/ERC20/ERC20.sol";

library Roles {
    struct Set {
        mapping(address => bool) has;
    }

    function requireIn(Set storage set, address who) internal view {
        require(set.has[who], "role");
    }
}

contract WeakAsset is ERC20("Asset", "A") {
    using Roles for Roles.Set;

    Roles.Set private officers;
    mapping(address => uint8) public level;

    constructor() {
        officers.has[msg.sender] = true;
        _mint(msg.sender, 1e24);
    }

    function setLevel(address[] calldata who, uint8 to) external {
        officers.requireIn(msg.sender);
        for (uint256 i; i < who.length; ++i) level[who[i]] = to;
    }

    function _update(address from, address to, uint256 value) internal override {
        if (level[from] > 1) revert("restricted");
        super._update(from, to, value);
    }
}

contract CleanAsset is ERC20("Asset", "A") {
    using Roles for Roles.Set;

    Roles.Set private officers;
    mapping(address => uint8) public level;

    constructor() {
        officers.has[msg.sender] = true;
        _mint(msg.sender, 1e24);
    }

    function setLevel(address[] calldata who, uint8 to) external {
        officers.requireIn(msg.sender);
        for (uint256 i; i < who.length; ++i) level[who[i]] = to;
    }
}
