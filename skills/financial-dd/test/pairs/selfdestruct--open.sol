// SPDX-License-Identifier: MIT
pragma solidity ^0.8.20;

contract WeakFuse {
    address payable public creator = payable(msg.sender);

    receive() external payable {}

    function close() public {
        selfdestruct(creator);
    }
}

contract CleanFuse {
    address payable public creator = payable(msg.sender);

    receive() external payable {}

    function close() public {
        require(msg.sender == creator);
        selfdestruct(creator);
    }
}
