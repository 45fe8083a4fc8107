// SPDX-License-Identifier: MIT
pragma solidity ^0.8.20;

library Facets {
    struct Store {
        mapping(bytes4 => address) facets;
    }

    function store() internal pure returns (Store storage found) {
        bytes32 place = keccak256("example.facets");
        assembly {
            found.slot := place
        }
    }
}

contract WeakDiamond {    function setFacet(bytes4 selector, address facet) external {
        Facets.store().facets[selector] = facet;
    }

    fallback() external payable {
        address facet = Facets.store().facets[msg.sig];
        require(facet != address(0), "none");
        (bool ok, bytes memory data) = facet.delegatecall(msg.data);
        require(ok);
        assembly {
            return(add(data, 32), mload(data))
        }
    }
}

contract CleanDiamond {
    address public immutable owner = msg.sender;

    function setFacet(bytes4 selector, address facet) external {
        require(msg.sender == owner, "not the owner");
        Facets.store().facets[selector] = facet;
    }

    fallback() external payable {
        address facet = Facets.store().facets[msg.sig];
        require(facet != address(0), "none");
        (bool ok, bytes memory data) = facet.delegatecall(msg.data);
        require(ok);
        assembly {
            return(add(data, 32), mload(data))
        }
    }
}
