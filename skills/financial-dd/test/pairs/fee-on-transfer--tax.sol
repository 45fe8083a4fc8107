// SPDX-License-Identifier: MIT
pragma solidity ^0.8.20;

import {ERC20} from "@openzeppelin/contracts/token/ERC20/ERC20.sol";

contract WeakTaxed is ERC20("Taxed", "T") {
    address public immutable treasury = msg.sender;

    constructor() {
        _mint(msg.sender, 1e24);
    }

    function _update(address from, address to, uint256 value) internal override {
        if (from == address(0) || to == address(0)) return super._update(from, to, value);
        uint256 tax = (value * 3) / 100;
        super._update(from, treasury, tax);
        super._update(from, to, value - tax);
    }
}

contract CleanTaxed is ERC20("Plain", "P") {
    address public immutable treasury = msg.sender;

    constructor() {
        _mint(msg.sender, 1e24);
    }
}
