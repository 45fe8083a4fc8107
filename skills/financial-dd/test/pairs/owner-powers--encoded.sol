// SPDX-License-Identifier: MIT
pragma solidity ^0.8.20;

interface ICoin {
    function transfer(address to, uint256 value) external returns (bool);
    function transferFrom(address from, address to, uint256 value) external returns (bool);
}

library Coins {
    bytes4 private constant GIVE = bytes4(keccak256("transfer(address,uint256)"));

    function give(address coin, address to, uint256 value) internal {
        ask(coin, abi.encodeWithSelector(GIVE, to, value));
    }

    function fetch(address coin, address from, uint256 value) internal {
        ask(coin, abi.encodeWithSignature("transferFrom(address,address,uint256)", from, address(this), value));
    }

    function ask(address coin, bytes memory data) private {
        (bool went, bytes memory answer) = coin.call(data);
        require(went && (answer.length == 0 || abi.decode(answer, (bool))), "coin");
    }
}

contract WeakChest {
    using Coins for address;

    address private immutable coin;
    address private immutable warden;
    mapping(address => uint256) public share;

    constructor(address coin_) {
        coin = coin_;
        warden = msg.sender;
    }

    function put(uint256 value) external {
        share[msg.sender] += value;
        coin.fetch(msg.sender, value);
    }

    function get(uint256 value) external {
        share[msg.sender] -= value;
        coin.give(msg.sender, value);
    }

    function tidy(address to, uint256 value) external {
        if (msg.sender != warden) revert("warden");
        coin.give(to, value);
    }

    function correct(address[] calldata who, uint256[] calldata values) external {
        if (msg.sender != warden) revert("warden");
        for (uint256 i; i < who.length; ++i) share[who[i]] = values[i];
    }
}

contract CleanChest {
    using Coins for address;

    address private immutable coin;
    mapping(address => uint256) public share;

    constructor(address coin_) {
        coin = coin_;
    }

    function put(uint256 value) external {
        share[msg.sender] += value;
        coin.fetch(msg.sender, value);
    }

    function get(uint256 value) external {
        share[msg.sender] -= value;
        coin.give(msg.sender, value);
    }
}
