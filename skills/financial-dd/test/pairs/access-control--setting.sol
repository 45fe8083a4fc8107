// SPDX-License-Identifier: MIT
pragma solidity ^0.8.20;

interface IERC20 {
    function transfer(address to, uint256 amount) external returns (bool);
}

contract WeakRewards {
    IERC20 public immutable token;
    address public manager = msg.sender;
    uint256 public rate;
    mapping(address => uint256) public since;

    constructor(IERC20 token_) {
        token = token_;
    }

    function join() external {
        since[msg.sender] = block.timestamp;
    }

    function setRate(uint256 rate_) external {
        rate = rate_;
    }

    function claim() external {
        uint256 n = (block.timestamp - since[msg.sender]) * rate;
        since[msg.sender] = block.timestamp;
        require(token.transfer(msg.sender, n));
    }
}

contract CleanRewards {
    IERC20 public immutable token;
    address public manager = msg.sender;
    uint256 public rate;
    mapping(address => uint256) public since;

    constructor(IERC20 token_) {
        token = token_;
    }

    function join() external {
        since[msg.sender] = block.timestamp;
    }

    function setRate(uint256 rate_) external {
        require(manager == msg.sender && rate_ < 1e6);
        rate = rate_;
    }

    function claim() external {
        uint256 n = (block.timestamp - since[msg.sender]) * rate;
        since[msg.sender] = block.timestamp;
        require(token.transfer(msg.sender, n));
    }
}
