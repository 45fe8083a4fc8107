// SPDX-License-Identifier: MIT
pragma solidity ^0.8.20;

contract WeakPlugin {
    mapping(bytes4 => address) private plugins;
    address private admin = msg.sender;

    function install(bytes4 selector, address plugin) external {
        plugins[selector] = plugin;
    }

    function forward() external payable {
        address plugin = plugins[msg.sig];
        assembly {
            calldatacopy(0, 0, calldatasize())
            let ok := delegatecall(gas(), plugin, 0, calldatasize(), 0, 0)
            returndatacopy(0, 0, returndatasize())
            if iszero(ok) {
                revert(0, returndatasize())
            }
            return(0, returndatasize())
        }
    }
}

contract CleanPlugin {
    mapping(bytes4 => address) private plugins;
    address private admin = msg.sender;

    function install(bytes4 selector, address plugin) external {
        assembly {
            if iszero(eq(caller(), sload(admin.slot))) {
                revert(0, 0)
            }
        }
        plugins[selector] = plugin;
    }

    function forward() external payable {
        address plugin = plugins[msg.sig];
        assembly {
            calldatacopy(0, 0, calldatasize())
            let ok := delegatecall(gas(), plugin, 0, calldatasize(), 0, 0)
            returndatacopy(0, 0, returndatasize())
            if iszero(ok) {
                revert(0, returndatasize())
            }
            return(0, returndatasize())
        }
    }
}
