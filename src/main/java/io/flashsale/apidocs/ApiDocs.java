package io.flashsale.apidocs;

import io.flashsale.openapi.Contract;

/** Renders the page of a contract when somebody asks for the first time: a node need not wait for it to start. */
public final class ApiDocs {
    private final Contract contract;
    private ApiDocsPage page;

    /** Makes the documentation of a contract; shared by all event loops. */
    public ApiDocs(Contract contract) {
        this.contract = contract;
    }

    /** The contract that it documents. */
    public Contract contract() {
        return contract;
    }

    /** The page, rendered once. */
    public synchronized ApiDocsPage page() {
        if (page == null) {
            page = new ApiDocsPage(contract.document(), contract.operations());
        }
        return page;
    }
}
