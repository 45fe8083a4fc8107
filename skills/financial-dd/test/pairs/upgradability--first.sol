// SPDX-License-Identifier: MIT
pragma solidity ^0.8.20;

library Words {
    struct Word {
        address held;
    }

    function at(bytes32 place) internal pure returns (Word storage word) {
        assembly {
            word.slot := place
        }
    }
}

abstract contract Till {
    bytes32 private constant WHERE = bytes32(uint256(keccak256("eip1967.proxy.implementation")) - 1);

    address internal keeper;
    bool internal begun;
    mapping(address => uint256) public paid;

    function begin(address keeper_) external {
        if (begun) revert("begun");
        begun = true;
        keeper = keeper_;
    }

    function proxiableUUID() external pure returns (bytes32) {
        return WHERE;
    }

    function renew(address code) external {
        require(msg.sender == keeper, "keeper");
        Words.Word storage word = Words.at(WHERE);
        word.held = code;
    }

    function pay() external payable {
        paid[msg.sender] += msg.value;
    }
}

contract WeakTill is Till {}

contract CleanTill is Till {
    constructor() {
        begun = true;
    }
}
