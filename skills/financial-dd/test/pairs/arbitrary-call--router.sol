// SPDX-License-Identifier: MIT
pragma solidity ^0.8.20;

contract WeakRouter {
    function swap(address exchange, bytes calldata data) external payable {
        (bool ok, ) = exchange.call{value: msg.value}(data);
        require(ok, "swap");
    }
}

contract CleanRouter {
    address public admin = msg.sender;
    mapping(address => bool) public exchanges;

    function allow(address exchange, bool yes) external {
        require(msg.sender == admin);
        exchanges[exchange] = yes;
    }

    function swap(address exchange, bytes calldata data) external payable {
        require(exchanges[exchange], "unknown");
        (bool ok, ) = exchange.call{value: msg.value}(data);
        require(ok, "swap");
    }
}
