// SPDX-License-Identifier: MIT
pragma solidity ^0.8.20;

contract Eip1967 {
    bytes32 private constant IMPL = 0x360894a13ba1a3210667c828492db98dca3e2076cc3735a920a3ca505d382bbc;
    bytes32 private constant ADMIN = 0xb53127684a568b3173ae13b9f8a6016e243e63b6e8ee1178d6a717850b5d6103;

    constructor(address implementation, address admin) {
        assembly {
            sstore(IMPL, implementation)
            sstore(ADMIN, admin)
        }
    }

    function _set(address implementation) internal {
        require(implementation.code.length > 0, "no code");
        assembly {
            sstore(IMPL, implementation)
        }
    }

    function _admin() internal view returns (address admin) {
        assembly {
            admin := sload(ADMIN)
        }
    }

    fallback() external payable {
        assembly {
            let target := sload(IMPL)
            calldatacopy(0, 0, calldatasize())
            let ok := delegatecall(gas(), target, 0, calldatasize(), 0, 0)
            returndatacopy(0, 0, returndatasize())
            switch ok
            case 0 {
                revert(0, returndatasize())
            }
            default {
                return(0, returndatasize())
            }
        }
    }

    receive() external payable {}
}

contract WeakProxy is Eip1967 {
    constructor(address implementation) Eip1967(implementation, msg.sender) {}

    function upgradeTo(address implementation) external {
        _set(implementation);
    }
}

contract CleanProxy is Eip1967 {
    constructor(address implementation) Eip1967(implementation, msg.sender) {}

    function upgradeTo(address implementation) external {
        require(msg.sender == _admin(), "admin");
        _set(implementation);
    }
}
