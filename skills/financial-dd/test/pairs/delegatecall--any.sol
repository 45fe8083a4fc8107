// SPDX-License-Identifier: MIT
pragma solidity ^0.8.20;

contract WeakWallet {
    address public owner = msg.sender;
    uint256 public nonce;

    function run(address code, bytes calldata data) external payable returns (bytes memory) {
        (bool ok, bytes memory answer) = code.delegatecall(data);
        require(ok, "failed");
        nonce++;
        return answer;
    }
}

contract CleanWallet {
    address public owner = msg.sender;
    address public immutable module;
    uint256 public nonce;

    constructor(address module_) {
        module = module_;
    }

    function run(bytes calldata data) external payable returns (bytes memory) {
        (bool ok, bytes memory answer) = module.delegatecall(data);
        require(ok, "failed");
        nonce++;
        return answer;
    }
}
