// SPDX-License-Identifier: MIT
pragma solidity ^0.8.20;

import {ERC20} from "@openzeppelin/contracts/token/ERC20/ERC20.sol";
import {AccessControl} from "@openzeppelin/contracts/access/AccessControl.sol";

contract WeakShares is ERC20, AccessControl {
    bytes32 public constant AGENT = keccak256("AGENT");

    constructor() ERC20("Shares", "SHR") {
        _grantRole(DEFAULT_ADMIN_ROLE, msg.sender);
        _mint(msg.sender, 1e24);
    }

    function forceTransfer(address from, address to, uint256 amount) external onlyRole(AGENT) {
        _transfer(from, to, amount);
    }
}

contract CleanShares is ERC20, AccessControl {
    bytes32 public constant AGENT = keccak256("AGENT");
    mapping(address => string) public notes;

    constructor() ERC20("Shares", "SHR") {
        _grantRole(DEFAULT_ADMIN_ROLE, msg.sender);
        _mint(msg.sender, 1e24);
    }

    function transferFor(address from, address to, uint256 amount) external onlyRole(AGENT) {
        _spendAllowance(from, msg.sender, amount);
        _transfer(from, to, amount);
    }
}
