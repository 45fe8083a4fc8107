// SPDX-License-Identifier: MIT
pragma solidity ^0.8.20;

import {ERC20} from "@openzeppelin/contracts/token/ERC20/ERC20.sol";

contract WeakWrapped is ERC20("Wrapped", "W") {
    function mint(address to, uint256 amount) external {
        _mint(to, amount);
    }
}

contract CleanWrapped is ERC20("Wrapped", "W") {
    function deposit() external payable {
        _mint(msg.sender, msg.value);
    }

    function withdraw(uint256 amount) external {
        _burn(msg.sender, amount);
        (bool ok, ) = msg.sender.call{value: amount}("");
        require(ok, "send");
    }
}
