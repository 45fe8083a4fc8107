// SPDX-License-Identifier: MIT
pragma solidity ^0.8.20;

interface IAsset {
    function transfer(address to, uint256 value) external returns (bool);
    function transferFrom(address from, address to, uint256 value) external returns (bool);
    function balanceOf(address who) external view returns (uint256);
}

function move(address asset, bytes memory data) {
    (bool went, bytes memory answer) = asset.call(data);
    require(went && asset.code.length > 0 && (answer.length == 0 || abi.decode(answer, (bool))), "asset");
}

function heldOf(address asset, address who) view returns (uint256) {
    (bool went, bytes memory answer) = asset.staticcall(abi.encodeCall(IAsset.balanceOf, (who)));
    require(went, "asset");
    return abi.decode(answer, (uint256));
}

contract WeakCustody {
    mapping(address => mapping(address => uint256)) public owed;

    function bring(IAsset asset, uint256 value) external {
        owed[address(asset)][msg.sender] += value;
        move(address(asset), abi.encodeCall(asset.transferFrom, (msg.sender, address(this), value)));
    }

    function fetch(IAsset asset, uint256 value) external {
        owed[address(asset)][msg.sender] -= value;
        move(address(asset), abi.encodeCall(asset.transfer, (msg.sender, value)));
    }
}

contract CleanCustody {
    mapping(address => mapping(address => uint256)) public owed;
    bool private inside;

    modifier alone() {
        require(!inside, "inside");
        inside = true;
        _;
        inside = false;
    }

    function bring(IAsset asset, uint256 value) external alone {
        uint256 before = heldOf(address(asset), address(this));
        move(address(asset), abi.encodeCall(asset.transferFrom, (msg.sender, address(this), value)));
        owed[address(asset)][msg.sender] += heldOf(address(asset), address(this)) - before;
    }

    function fetch(IAsset asset, uint256 value) external alone {
        owed[address(asset)][msg.sender] -= value;
        move(address(asset), abi.encodeCall(asset.transfer, (msg.sender, value)));
    }
}
