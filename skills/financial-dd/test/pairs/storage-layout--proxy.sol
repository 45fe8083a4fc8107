// SPDX-License-Identifier: MIT
pragma solidity ^0.8.20;

contract WeakForwarder {
    address public implementation;
    address public admin;

    constructor(address implementation_) {
        implementation = implementation_;
        admin = msg.sender;
    }

    fallback() external payable {
        (bool ok, bytes memory data) = implementation.delegatecall(msg.data);
        require(ok);
        assembly {
            return(add(data, 32), mload(data))
        }
    }
}

contract CleanForwarder {
    address public immutable implementation;

    constructor(address implementation_) {
        implementation = implementation_;
    }

    fallback() external payable {
        (bool ok, bytes memory data) = implementation.delegatecall(msg.data);
        require(ok);
        assembly {
            return(add(data, 32), mload(data))
        }
    }
}
