// SPDX-License-Identifier: MIT
pragma solidity ^0.8.20;

import {UUPSUpgradeable} from "@openzeppelin/contracts/proxy/utils/UUPSUpgradeable.sol";
import {Initializable} from "@openzeppelin/contracts/proxy/utils/Initializable.sol";

contract WeakBox is Initializable, UUPSUpgradeable {
    address public owner;
    uint256 public value;

    constructor() {
        _disableInitializers();
    }

    function initialize(address owner_) external initializer {
        owner = owner_;
    }

    function store(uint256 value_) external {
        require(msg.sender == owner);
        value = value_;
    }

    function _authorizeUpgrade(address) internal override {}
}

contract CleanBox is Initializable, UUPSUpgradeable {
    address public owner;
    uint256 public value;

    constructor() {
        _disableInitializers();
    }

    function initialize(address owner_) external initializer {
        owner = owner_;
    }

    function store(uint256 value_) external {
        require(msg.sender == owner);
        value = value_;
    }

    function _authorizeUpgrade(address) internal view override {
        require(msg.sender == owner);
    }
}
