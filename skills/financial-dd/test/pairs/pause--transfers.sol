// SPDX-License-Identifier: MIT
pragma solidity ^0.8.20;

import {ERC20} from "@openzeppelin/contracts/token/ERC20/ERC20.sol";
import {Ownable} from "@openzeppelin/contracts/access/Ownable.sol";
import {Pausable} from "@openzeppelin/contracts/utils/Pausable.sol";

contract WeakStable is ERC20, Ownable, Pausable {
    constructor() ERC20("Stable", "S") Ownable(msg.sender) {
        _mint(msg.sender, 1e24);
    }

    function pause() external onlyOwner {
        _pause();
    }

    function unpause() external onlyOwner {
        _unpause();
    }

    function _update(address from, address to, uint256 value) internal override whenNotPaused {
        super._update(from, to, value);
    }
}

contract CleanStable is ERC20, Ownable {
    constructor() ERC20("Stable", "S") Ownable(msg.sender) {
        _mint(msg.sender, 1e24);
    }
}
