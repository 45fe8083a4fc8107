// SPDX-License-Identifier: MIT
pragma solidity ^0.8.20;

interface IPair {
    function getReserves() external view returns (uint112, uint112, uint32);
}

interface ITwap {
    function consult(address token, uint256 amount) external view returns (uint256);
}

contract WeakMarket {
    IPair public immutable pair;
    mapping(address => uint256) public collateral;
    mapping(address => uint256) public debt;

    constructor(IPair pair_) {
        pair = pair_;
    }

    function borrow(uint256 amount) external {
        (uint112 r0, uint112 r1, ) = pair.getReserves();
        uint256 price = (uint256(r1) * 1e18) / r0;
        require(((debt[msg.sender] + amount) * 1e18) / price <= collateral[msg.sender], "too much");
        debt[msg.sender] += amount;
    }
}

contract CleanMarket {
    ITwap public immutable twap;
    address public immutable token;
    mapping(address => uint256) public collateral;
    mapping(address => uint256) public debt;

    constructor(ITwap twap_, address token_) {
        (twap, token) = (twap_, token_);
    }

    function borrow(uint256 amount) external {
        uint256 price = twap.consult(token, 1e18);
        require(((debt[msg.sender] + amount) * 1e18) / price <= collateral[msg.sender], "too much");
        debt[msg.sender] += amount;
    }
}
