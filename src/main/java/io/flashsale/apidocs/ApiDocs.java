package io.flashsale.apidocs;

import io.flashsale.openapi.Contract;

/** Renders the HTML page of the contract on the first request, so that it does not delay the start of a node. */
public final class ApiDocs {
    private final Contract contract;
    private ApiDocsPage page;

    /** Creates the documentation of a contract; all event loops share it. */
    public ApiDocs(Contract contract) {
        this.contract = contract;
    }

    /** Returns the documented contract. */
    public Contract contract() {
        return contract;
    }

    /** Returns the page, which is rendered once. */
    public synchronized ApiDocsPage page() {
        if (page == null) {
            page = new ApiDocsPage(contract.document(), contract.operations());
        }
        return page;
    }
}
